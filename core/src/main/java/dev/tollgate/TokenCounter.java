package dev.tollgate;

/** Counts the tokens of a text as a model would. */
public interface TokenCounter {

  /** One token for each four bytes of UTF-8, rounded up: the rule of thumb of model vendors. */
  TokenCounter APPROXIMATE = new Utf8TokenCounter(4);

  /** The number of tokens, 0 or more; in time linear in the text's length. */
  long count(String text);

  /** The longest end of {@code text} that has at most {@code tokens} tokens. */
  String last(String text, long tokens);
}
