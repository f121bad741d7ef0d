package dev.tollgate.providers;

/** A request body that cannot be let through, because what it asks for cannot be told from it. */
public final class BadRequestException extends IllegalArgumentException {

  /** What a body has to keep to. */
  public enum Rule {
    /** At most {@link AiRequest#MAX_BODY_BYTES}. HTTP says 413; to all others, 400. */
    SIZE,
    /** One JSON object in UTF-8. */
    JSON,
    /** At most 64 levels of objects and arrays. */
    DEPTH,
    /** No key twice in an object, also not under another spelling. */
    UNIQUE_KEYS,
    /** A value of the type that its key has. */
    TYPE,
    /** A number within its range, a text within its length. */
    RANGE,
    /** A prompt. */
    PROMPT
  }

  private static final long serialVersionUID = 1;

  private final Rule rule;

  BadRequestException(Rule rule, String message) {
    super(message);
    this.rule = rule;
  }

  /** The rule that the body breaks. */
  public Rule rule() {
    return rule;
  }
}
