package dev.tollgate.sample;

/** A provider gave no answer. */
final class ProviderException extends Exception {

  private static final long serialVersionUID = 1;

  private final boolean billed;

  private ProviderException(String message, boolean billed) {
    super(message);
    this.billed = billed;
  }

  /** The provider did not start to work, so it bills nothing. */
  static ProviderException notBilled(String message) {
    return new ProviderException(message, false);
  }

  /** The provider may have worked, so it may bill the call. */
  static ProviderException maybeBilled(String message) {
    return new ProviderException(message, true);
  }

  boolean isBilled() {
    return billed;
  }
}
