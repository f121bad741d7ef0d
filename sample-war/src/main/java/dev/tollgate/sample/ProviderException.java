package dev.tollgate.sample;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider gave no answer. */
final class ProviderException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * An answer that is an error.
   *
   * @param body as the provider wrote it: never for the caller, as it may tell of the account
   */
  record Refusal(int status, Optional<String> retryAfter, String body) {}

  private final boolean billed;
  private final transient @Nullable Refusal refusal;

  private ProviderException(String message, boolean billed, @Nullable Refusal refusal) {
    super(message);
    this.billed = billed;
    this.refusal = refusal;
  }

  /** The provider did not start to work, so it bills nothing. */
  static ProviderException notBilled(String message) {
    return new ProviderException(message, false, null);
  }

  /** The provider refused to work, so it bills nothing. */
  static ProviderException refused(Refusal refusal) {
    String message = "the provider refused with status " + refusal.status();
    return new ProviderException(message, false, refusal);
  }

  /** The provider may have worked, so it may bill the call. */
  static ProviderException maybeBilled(String message) {
    return new ProviderException(message, true, null);
  }

  boolean isBilled() {
    return billed;
  }

  /** With what it refused; empty where it was something else. */
  Optional<Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }
}
