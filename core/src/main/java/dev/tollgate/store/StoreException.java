package dev.tollgate.store;

/** The store did not answer, or not in time: whether the operation happened is unknown. */
public final class StoreException extends Exception {

  private static final long serialVersionUID = 1;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
