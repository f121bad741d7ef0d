package dev.tollgate.dashboard;

import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.CallerOverride.Block;
import dev.tollgate.CallerOverride.Effect;
import dev.tollgate.CallerOverride.Raise;
import dev.tollgate.Tollgate;
import dev.tollgate.store.StoreException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;

/** What operators can do to one caller. Thread-safe. */
final class CallerActions {

  static final String ACTION = "caller";

  /** Its choice is the id of a call under way. */
  static final String RELEASE = "release-call";

  static final String PERCENT = "percent";

  private static final int MAX_CALL_ID_LENGTH = 64;

  /** The last day of an override, in UTC. */
  static final String LAST_DAY = "until";

  /** What is done to a caller. */
  enum Choice {
    RAISE,
    BLOCK,
    RESET,
    END
  }

  private final Tollgate tollgate;

  CallerActions(Tollgate tollgate) {
    this.tollgate = tollgate;
  }

  /**
   * Does what a form asks for.
   *
   * @return what was done, in the words of the audit journal
   * @throws Problem when it cannot be done
   */
  String perform(HttpServletRequest form, Operator operator) throws Problem {
    String caller = caller(form);
    try {
      return switch (choice(OperatorActions.field(form, ActionForm.CHOICE))) {
        case RAISE -> raise(form, caller, operator);
        case BLOCK -> "block-caller until " + override(form, caller, operator, new Block());
        case RESET -> {
          tollgate.reset(caller);
          yield "reset-caller";
        }
        case END -> {
          tollgate.endOverride(caller);
          yield "end-override";
        }
      };
    } catch (StoreException unanswered) {
      throw unanswered();
    }
  }

  /**
   * Gives back what a call under way holds.
   *
   * @return what was done, in the words of the audit journal
   * @throws Problem when the call has ended, or the store does not answer
   */
  String release(HttpServletRequest form) throws Problem {
    String caller = caller(form);
    String call = OperatorActions.field(form, ActionForm.CHOICE);
    if (call.isEmpty() || call.length() > MAX_CALL_ID_LENGTH) {
      throw Problem.badRequest(
          "choice: a call's id has 1 to " + MAX_CALL_ID_LENGTH + " characters");
    }
    try {
      if (tollgate.release(caller, call)) {
        return "release-call " + call;
      }
    } catch (StoreException unanswered) {
      throw unanswered();
    }
    throw Problem.conflict("The call has ended, and holds nothing any more.");
  }

  private static Problem unanswered() {
    return Problem.unavailable("The store does not answer: try again when it does.");
  }

  private static String caller(HttpServletRequest form) throws Problem {
    String caller = OperatorActions.field(form, ActionForm.SUBJECT);
    if (caller.isEmpty() || caller.length() > Caller.MAX_ID_LENGTH) {
      throw Problem.badRequest(
          "subject: a caller's id has 1 to " + Caller.MAX_ID_LENGTH + " characters");
    }
    return caller;
  }

  private String raise(HttpServletRequest form, String caller, Operator operator)
      throws Problem, StoreException {
    int percent = percent(form);
    Instant until = override(form, caller, operator, new Raise(percent));
    return "raise-caller to " + percent + " % until " + until;
  }

  private Instant override(HttpServletRequest form, String caller, Operator operator, Effect effect)
      throws Problem, StoreException {
    Instant until = until(form);
    String reason = OperatorActions.field(form, ActionForm.REASON);
    try {
      tollgate.override(new CallerOverride(caller, effect, until, name(operator), reason));
    } catch (IllegalArgumentException wrong) {
      throw Problem.badRequest(String.valueOf(wrong.getMessage()));
    } catch (IllegalStateException full) {
      throw Problem.conflict(String.valueOf(full.getMessage()));
    }
    return until;
  }

  /** As much as an override keeps; the audit row has more of it. */
  private static String name(Operator operator) {
    String name = operator.name();
    return name.substring(0, Math.min(name.length(), CallerOverride.MAX_TEXT_LENGTH));
  }

  private static Choice choice(String name) throws Problem {
    return Arrays.stream(Choice.values())
        .filter(choice -> choice.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> Problem.badRequest("choice: it is one of " + Arrays.toString(Choice.values())));
  }

  private static int percent(HttpServletRequest form) throws Problem {
    String text = OperatorActions.field(form, PERCENT);
    if (text.matches("[0-9]{1,5}")) {
      int percent = Integer.parseInt(text);
      if (percent >= Raise.MIN_PERCENT && percent <= Raise.MAX_PERCENT) {
        return percent;
      }
    }
    throw Problem.badRequest(
        PERCENT + ": it is " + Raise.MIN_PERCENT + " to " + Raise.MAX_PERCENT + " of the limits");
  }

  private static Instant until(HttpServletRequest form) throws Problem {
    try {
      LocalDate last = LocalDate.parse(OperatorActions.field(form, LAST_DAY));
      return last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException unreadable) {
      throw Problem.badRequest(LAST_DAY + ": it is a day, such as 2026-03-31");
    }
  }
}
