package dev.tollgate.providers;

/** The size of texts in UTF-8. */
final class Utf8 {

  private Utf8() {}

  /** Bytes of a text; an unpaired surrogate counts two. */
  static long length(CharSequence text) {
    return length(text, 0);
  }

  /** Bytes of the end of a text. */
  static long length(CharSequence text, int start) {
    long bytes = 0;
    for (int i = start; i < text.length(); i++) {
      bytes += length(text.charAt(i));
    }
    return bytes;
  }

  /** Bytes of a UTF-16 unit; the halves of a surrogate pair count two each. */
  static int length(char unit) {
    if (unit < 0x80) {
      return 1;
    }
    return unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
  }
}
