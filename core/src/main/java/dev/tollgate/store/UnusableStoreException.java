package dev.tollgate.store;

/** An embedded store that cannot be opened, and what to do about it. */
public final class UnusableStoreException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String remedy;

  /**
   * @param message what is wrong
   * @param remedy what the operator can do, as an imperative
   */
  public UnusableStoreException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /**
   * @param message what is wrong
   * @param remedy what the operator can do, as an imperative
   */
  public UnusableStoreException(String message, String remedy, Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  public String remedy() {
    return remedy;
  }
}
