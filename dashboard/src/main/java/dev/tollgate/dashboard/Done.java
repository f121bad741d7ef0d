package dev.tollgate.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Optional;

/** What an operator is told on the page that follows an action: words of these pages alone. */
enum Done {
  BREAKER("The breaker was set."),
  PROVIDER("The provider's calls are let in again."),
  RELEASE("What the call held was given back."),
  RAISE("The caller's limits were raised."),
  BLOCK("The caller was blocked."),
  RESET("The caller is counted anew."),
  END("The decision was ended.");

  /** The parameter of a page's address. */
  private static final String PARAMETER = "done";

  private final String sentence;

  Done(String sentence) {
    this.sentence = sentence;
  }

  /** What a form asked for and got. */
  static Done of(HttpServletRequest form) {
    return switch (OperatorActions.field(form, ActionForm.ACTION)) {
      case CallerActions.ACTION -> valueOf(OperatorActions.field(form, ActionForm.CHOICE));
      case CallerActions.RELEASE -> RELEASE;
      case "release-provider" -> PROVIDER;
      default -> BREAKER;
    };
  }

  /** The parameter that makes the next page tell it. */
  String parameter() {
    return PARAMETER + "=" + Words.dashed(this);
  }

  /** Tells what the page follows, if it follows anything. */
  static void write(HttpServletRequest request, Html html) {
    String told = Optional.ofNullable(request.getParameter(PARAMETER)).orElse("");
    Arrays.stream(values())
        .filter(done -> Words.dashed(done).equals(told))
        .forEach(
            done ->
                html.element(
                    "p",
                    "Done. " + done.sentence,
                    "class",
                    "notice",
                    "data-kind",
                    "good",
                    "role",
                    "status"));
  }
}
