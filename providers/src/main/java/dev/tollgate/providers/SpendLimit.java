package dev.tollgate.providers;

import dev.tollgate.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * The limit that a provider itself puts on spending. It is lowered, or set where there is none;
 * never raised, so that no mistake here can undo what somebody has set there.
 *
 * <p>Thread-safe. Waits up to half a minute for each request.
 */
public final class SpendLimit {

  private static final int CENTS = 2;

  private final LimitDialect dialect;

  SpendLimit(LimitDialect dialect) {
    this.dialect = dialect;
  }

  /** What became of a limit. */
  public enum Change {
    /** There was none; now there is. */
    SET,
    /** It was higher. */
    LOWERED,
    /** It is as low already, or lower: it stays. */
    KEPT,
    /** It counts over another window, so that none of both is lower: it stays. */
    NOT_COMPARABLE
  }

  /**
   * @param before dollars; empty if there was no limit
   * @param now dollars
   */
  public record Result(Change change, Optional<BigDecimal> before, BigDecimal now) {}

  /**
   * Sees to it that the provider's limit is not above an amount.
   *
   * @param nanoUsd is rounded down to what the provider can take, a cent: a cent or more
   * @throws ProviderApiException when the provider did not answer, or did not do it
   */
  public Result lowerTo(long nanoUsd) throws ProviderApiException {
    BigDecimal wanted = Money.usd(nanoUsd).setScale(CENTS, RoundingMode.DOWN);
    Optional<LimitDialect.Found> found = dialect.read();
    Optional<BigDecimal> before = found.map(LimitDialect.Found::usd);
    if (found.isPresent() && !found.get().sameWindow()) {
      return new Result(Change.NOT_COMPARABLE, before, found.get().usd());
    }
    if (found.isPresent() && found.get().usd().compareTo(wanted) <= 0) {
      return new Result(Change.KEPT, before, found.get().usd());
    }
    dialect.write(wanted);
    return new Result(found.isPresent() ? Change.LOWERED : Change.SET, before, wanted);
  }
}
