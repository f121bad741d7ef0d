package dev.tollgate.dashboard;

import dev.tollgate.AuditRow;
import dev.tollgate.BreakerControl;
import dev.tollgate.BreakerStatus;
import dev.tollgate.ProviderBudget;
import dev.tollgate.SpendScope;
import dev.tollgate.Tollgate;
import dev.tollgate.store.StoreException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What operators can do. Each action leaves a row in the audit journal. Thread-safe. */
final class OperatorActions {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  /** How long an order to a breaker lasts. */
  static final String HOURS = "hours";

  private final Tollgate tollgate;
  private final InstantSource clock;
  private final CallerActions callers;

  OperatorActions(Tollgate tollgate, InstantSource clock) {
    this.tollgate = tollgate;
    this.clock = clock;
    this.callers = new CallerActions(tollgate);
  }

  /**
   * Does what a form asks for.
   *
   * @throws Problem when there is no such action, or it cannot be done to its subject
   */
  void perform(HttpServletRequest form, Operator operator) throws Problem {
    String subject = field(form, ActionForm.SUBJECT);
    String choice = field(form, ActionForm.CHOICE);
    String reason = field(form, ActionForm.REASON);
    switch (field(form, ActionForm.ACTION)) {
      case "control-breaker" -> {
        SpendScope scope = scope(subject);
        BreakerControl control = control(choice);
        Duration time = time(field(form, HOURS));
        audit(operator, done(control, time), subject, reason);
        tollgate.control(scope, control, time);
      }
      case "release-provider" -> {
        String provider = provider(subject);
        audit(operator, "release-provider", provider, reason);
        tollgate.release(provider);
      }
      case CallerActions.ACTION -> {
        String done = callers.perform(form, operator);
        audit(operator, done, subject, reason);
      }
      case CallerActions.RELEASE -> {
        String done = callers.release(form);
        audit(operator, done, subject, reason);
      }
      default -> throw Problem.badRequest("action: there is no such action");
    }
  }

  static String field(HttpServletRequest form, String name) {
    return Optional.ofNullable(form.getParameter(name)).orElse("").strip();
  }

  private SpendScope scope(String label) throws Problem {
    return tollgate.breakers().stream()
        .map(BreakerStatus::scope)
        .filter(scope -> scope.label().equals(label))
        .findFirst()
        .orElseThrow(() -> Problem.badRequest("subject: no breaker watches it"));
  }

  private static BreakerControl control(String name) throws Problem {
    return Arrays.stream(BreakerControl.values())
        .filter(control -> control.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "choice: it is one of " + Arrays.toString(BreakerControl.values())));
  }

  /** What is done to a breaker, in the words of the audit journal. */
  private static String done(BreakerControl control, Duration time) {
    String done = "breaker-" + control.name().toLowerCase(Locale.ROOT);
    return control == BreakerControl.AUTOMATIC
        ? done
        : done + " for " + time.toHours() + (time.toHours() == 1 ? " hour" : " hours");
  }

  /** How long an order lasts; the usual time where nothing is filled in. */
  private static Duration time(String hours) throws Problem {
    if (hours.isEmpty()) {
      return BreakerControl.USUAL_TIME;
    }
    long most = BreakerControl.MAX_TIME.toHours();
    if (hours.matches("[0-9]{1,4}")) {
      long value = Long.parseLong(hours);
      if (value >= 1 && value <= most) {
        return Duration.ofHours(value);
      }
    }
    throw Problem.badRequest(HOURS + ": it is 1 to " + most);
  }

  private String provider(String name) throws Problem {
    return tollgate.policies().spending().budgets().stream()
        .map(ProviderBudget::provider)
        .filter(name::equals)
        .findFirst()
        .orElseThrow(() -> Problem.badRequest("subject: no provider of this name has a budget"));
  }

  /** An emergency does not wait for the store: the row is in the log in any case. */
  private void audit(Operator operator, String action, String subject, String reason) {
    try {
      tollgate.audit(new AuditRow(clock.instant(), operator.name(), action, subject, reason));
    } catch (StoreException unanswered) {
      LOGGER.log(
          System.Logger.Level.WARNING, "an operator's action is in the log only", unanswered);
    }
  }
}
