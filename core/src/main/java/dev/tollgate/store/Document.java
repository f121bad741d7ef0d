package dev.tollgate.store;

/**
 * A text that processes share. Immutable.
 *
 * @param text the text, empty when nothing was ever written
 * @param version how often it was written; 0 when nothing was
 * @param atMicros when it was written; 0 when nothing was
 */
public record Document(String text, long version, long atMicros) {

  /** What nobody has written. */
  public static final Document ABSENT = new Document("", 0, 0);

  /**
   * Checks a document's name.
   *
   * @throws IllegalArgumentException when it does not have 1 to 256 characters
   */
  public static void checkName(String name) {
    Range.check("length of a document's name", name.length(), 1, 256);
  }

  /**
   * Checks what a document is to be written with.
   *
   * @throws IllegalArgumentException when the name does not have 1 to 256 characters, or the text
   *     more than {@link Store#MAX_DOCUMENT_LENGTH}
   */
  public static void checkReplacement(String name, String text) {
    checkName(name);
    Range.check("length of document " + name, text.length(), 0, Store.MAX_DOCUMENT_LENGTH);
  }
}
