package dev.tollgate.providers;

/**
 * A provider's administration API did not do what it was asked. The message names the address and
 * the reason, and holds no secret. Asking again at once does not help.
 */
public final class ProviderApiException extends Exception {

  private static final long serialVersionUID = 1;

  ProviderApiException(String message) {
    super(message);
  }

  ProviderApiException(String message, Throwable cause) {
    super(message, cause);
  }
}
