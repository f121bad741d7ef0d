package dev.tollgate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that people should know.
 *
 * @param kind what happened
 * @param at when
 * @param subject whom or what it concerns, such as a caller's id
 * @param cause why now, such as a limit, its rung and its window: alerts of one kind, subject and
 *     cause tell the same, whichever process tells it
 * @param message one sentence
 * @param details more, as names and values
 */
public record Alert(
    Kind kind,
    Instant at,
    String subject,
    String cause,
    String message,
    Map<String, String> details) {

  private static final int ID_BYTES = 16;

  public Alert {
    details = Map.copyOf(details);
  }

  /** An alert whose cause is new on each day of UTC. */
  public Alert(Kind kind, Instant at, String subject, String message, Map<String, String> details) {
    this(kind, at, subject, at.atZone(ZoneOffset.UTC).toLocalDate().toString(), message, details);
  }

  /**
   * 32 hexadecimal digits, the same for every alert that tells the same: receivers can drop
   * repetitions by it.
   */
  public String id() {
    String text = kind + "\n" + subject + "\n" + cause;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** How bad it is. */
  public Severity severity() {
    return kind.severity();
  }

  /** One line, whatever its texts hold. */
  @Override
  public String toString() {
    String line = "%s %s: %s %s".formatted(kind, subject, message, new TreeMap<>(details));
    return line.replaceAll("\\p{Cntrl}+", " ");
  }

  /** How bad something is, the least first; the words are PagerDuty's. */
  public enum Severity {
    /** One caller's own affair, however many callers there are. */
    INFO,
    /** Somebody should look at it within days. */
    WARNING,
    /** Somebody should look at it now. */
    ERROR,
    /** Money is being lost, or calls are refused to everybody. */
    CRITICAL;

    /** The name in lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What happened. */
  public enum Kind {
    /** A quota reached a rung of its ladder. */
    QUOTA_REACHED(Severity.INFO),
    /** A provider reported usage that makes no sense; it was clamped. */
    IMPLAUSIBLE_USAGE(Severity.WARNING),
    /** A model without a price was called; it is charged at the dearest known price, or refused. */
    UNPRICED_MODEL(Severity.WARNING),
    /** The store stopped answering. */
    STORE_DEGRADED(Severity.ERROR),
    /** The store answers again. */
    STORE_RECOVERED(Severity.ERROR),
    /** A provider's budget reached 50, 80 or 100 % of its hard limit. */
    BUDGET_REACHED(Severity.ERROR),
    /** A provider said that its own limit is reached. */
    PROVIDER_LIMIT_REACHED(Severity.CRITICAL),
    /** Spending is abnormal: background and optional calls are halted. */
    BREAKER_OPENED(Severity.CRITICAL),
    /** Some of the halted calls go on again. */
    BREAKER_HALF_OPENED(Severity.CRITICAL),
    /** Spending is normal again. */
    BREAKER_CLOSED(Severity.CRITICAL),
    /** One caller's requests grew many times over. */
    ANOMALY(Severity.ERROR),
    /** A provider's bill differs from what was counted here, or could not be read for a day. */
    BILL_DRIFT(Severity.WARNING),
    /** The limit at a provider itself was set or lowered, or should be and could not for a day. */
    PROVIDER_LIMIT_SET(Severity.WARNING),
    /** The monthly reminder of what is expected and of which limits are recommended. */
    LIMITS_REVIEW(Severity.WARNING);

    private final Severity severity;

    Kind(Severity severity) {
      this.severity = severity;
    }

    /** The name as {@code quota-reached}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How bad it is; of what is over, how bad it was. */
    public Severity severity() {
      return severity;
    }
  }
}
