package dev.tollgate;

import dev.tollgate.store.Document;
import dev.tollgate.store.StoreException;
import java.util.function.UnaryOperator;

/**
 * A document of the store that processes change on top of each other's changes. Thread-safe.
 *
 * @param name in the store
 */
record SharedDocument(StoreGuard guard, String name) {

  private static final int MAX_ATTEMPTS = 20;

  /**
   * The text as it was written last; empty when there is none.
   *
   * @throws StoreException when the store does not answer
   */
  String text() throws StoreException {
    return guard.document(name).text();
  }

  /**
   * Replaces the text, so that nothing is lost that others write at the same time.
   *
   * @param change makes the new text of the latest one; may be asked several times
   * @return the new text
   * @throws StoreException when the store does not answer, and it is unknown whether the text was
   *     written; or when others kept writing
   */
  String change(UnaryOperator<String> change) throws StoreException {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Document before = guard.document(name);
      String text = change.apply(before.text());
      if (guard.replace(name, before.version(), text)) {
        return text;
      }
    }
    throw new StoreException(
        "the document " + name + " was written by others " + MAX_ATTEMPTS + " times");
  }
}
