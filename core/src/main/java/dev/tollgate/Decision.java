package dev.tollgate;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The answer to a call. */
public sealed interface Decision {

  /** The call that was decided. */
  Call call();

  /** The caller's limits that the call is charged against, after the decision; empty if unknown. */
  List<LimitState> limits();

  /**
   * The reservation of a call that was let in.
   *
   * @throws RefusedException when it was refused
   */
  Reservation orThrow();

  /** What the call may use: {@link Restriction#NONE} unless it is restricted. */
  default Restriction restriction() {
    return Restriction.NONE;
  }

  /** In shadow mode, the decision that would have been made. */
  default Optional<Decision> shadowed() {
    return Optional.empty();
  }

  /** Let in, whole. */
  record Admitted(Call call, List<LimitState> limits, Reservation reservation) implements Decision {

    public Admitted {
      limits = List.copyOf(limits);
    }

    @Override
    public Reservation orThrow() {
      return reservation;
    }
  }

  /**
   * Let in, with less.
   *
   * @param causes the quotas that the whole call does not fit into; empty when the caller is
   *     restricted because its use is abnormal
   */
  record Restricted(
      Call call,
      List<LimitState> limits,
      Reservation reservation,
      Restriction restriction,
      List<Limit> causes)
      implements Decision {

    public Restricted {
      limits = List.copyOf(limits);
      causes = List.copyOf(causes);
    }

    @Override
    public Reservation orThrow() {
      return reservation;
    }
  }

  /** Let in although {@code wouldBe} was decided, because the policies are in shadow mode. */
  record Shadowed(Call call, Reservation reservation, Decision wouldBe) implements Decision {

    @Override
    public List<LimitState> limits() {
      return wouldBe.limits();
    }

    @Override
    public Reservation orThrow() {
      return reservation;
    }

    @Override
    public Optional<Decision> shadowed() {
      return Optional.of(wouldBe);
    }
  }

  /** Not let in, and not charged. */
  record Refused(Call call, List<LimitState> limits, Refusal refusal) implements Decision {

    public Refused {
      limits = List.copyOf(limits);
    }

    @Override
    public Reservation orThrow() {
      throw new RefusedException(this);
    }
  }

  /** Why a call was refused. */
  sealed interface Refusal {

    /** When the same call may come again; empty when it never can. */
    Optional<Duration> retryAfter();

    /** One sentence for people. */
    String reason();

    /**
     * Limits are used up.
     *
     * @param exceeded the states of those in the way, the longest wait first
     */
    record LimitExceeded(List<LimitState> exceeded) implements Refusal {

      public LimitExceeded {
        exceeded = List.copyOf(exceeded);
      }

      /** The limit with the longest wait. */
      public LimitState binding() {
        return exceeded.get(0);
      }

      @Override
      public Optional<Duration> retryAfter() {
        return binding().untilFits();
      }

      @Override
      public String reason() {
        return retryAfter().isPresent()
            ? "limit " + binding().limit().name() + " is used up"
            : "the call is larger than limit " + binding().limit().name() + " can ever take";
      }
    }

    /** The caller has too many calls open. */
    record TooManyOpenCalls(Duration pause) implements Refusal {
      @Override
      public Optional<Duration> retryAfter() {
        return Optional.of(pause);
      }

      @Override
      public String reason() {
        return "too many calls of this caller are open";
      }
    }

    /** Its model has no price, and the policies refuse such models. */
    record UnpricedModel(String model) implements Refusal {
      @Override
      public Optional<Duration> retryAfter() {
        return Optional.empty();
      }

      @Override
      public String reason() {
        return "model '" + model + "' has no price";
      }
    }

    /**
     * The provider's hard limit is used up, or the provider said that one of its own is: every call
     * of this size is refused until a new window begins or an operator raises it.
     *
     * @param provider the name of the provider's key
     * @param retryAfter how long, if the provider said until when; otherwise empty
     */
    record BudgetExhausted(String provider, Optional<Duration> retryAfter) implements Refusal {

      public BudgetExhausted(String provider) {
        this(provider, Optional.empty());
      }

      @Override
      public String reason() {
        return "the spending limit is reached";
      }
    }

    /**
     * What is left of the provider's hard limit is reserved by calls under way, or the store that
     * knows it cannot be reached.
     *
     * @param provider the name of the provider's key
     */
    record BudgetInUse(String provider, Duration pause) implements Refusal {
      @Override
      public Optional<Duration> retryAfter() {
        return Optional.of(pause);
      }

      @Override
      public String reason() {
        return "what is left of the spending limit is in use";
      }
    }

    /**
     * Spending is abnormal, and calls that the application can do without are halted.
     *
     * @param scope what spends too fast
     */
    record SpendHalted(SpendScope scope, Duration pause) implements Refusal {
      @Override
      public Optional<Duration> retryAfter() {
        return Optional.of(pause);
      }

      @Override
      public String reason() {
        return "calls of this kind are halted at the moment";
      }
    }

    /** The caller's requests grew many times over, and such callers are blocked. */
    record AbnormalUsage(Duration pause) implements Refusal {
      @Override
      public Optional<Duration> retryAfter() {
        return Optional.of(pause);
      }

      @Override
      public String reason() {
        return "the use of this caller is abnormal";
      }
    }

    /** An operator has blocked the caller. */
    record CallerBlocked(Duration pause) implements Refusal {
      @Override
      public Optional<Duration> retryAfter() {
        return Optional.of(pause);
      }

      @Override
      public String reason() {
        return "this caller is blocked";
      }
    }

    /** The store cannot be reached, and the policies do not let calls in without it. */
    record StoreUnavailable(Duration pause) implements Refusal {
      @Override
      public Optional<Duration> retryAfter() {
        return Optional.of(pause);
      }

      @Override
      public String reason() {
        return "limits cannot be checked at the moment";
      }
    }
  }
}
