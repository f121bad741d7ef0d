package dev.tollgate.providers;

/** A price file that cannot be taken. Its message names the reason. */
public final class PriceFileException extends Exception {

  private static final long serialVersionUID = 1;

  PriceFileException(String message) {
    super(message);
  }

  PriceFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
