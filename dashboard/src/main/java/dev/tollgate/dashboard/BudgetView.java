package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.BudgetReview;
import dev.tollgate.BudgetStatus;
import dev.tollgate.ProviderLatch;
import dev.tollgate.store.StoreException;
import java.time.Instant;
import java.util.List;

/** How the providers' budgets stand, in HTML. Immutable. */
record BudgetView(
    List<BudgetStatus> budgets,
    Analytics analytics,
    Numbers numbers,
    Instant now,
    ActionForm form) {

  void write(Html html) {
    if (budgets.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "Providers' budgets");
    html.open("ul", "class", "blocks");
    budgets.forEach(status -> write(html, status));
    html.close().close();
  }

  private void write(Html html, BudgetStatus status) {
    long limit = status.budget().limit().amount();
    String left =
        status.remaining() < 0
            ? numbers.dollars(-status.remaining()) + " over"
            : numbers.dollars(status.remaining()) + " left";
    html.open("li").open("p", "class", "line");
    html.element("span", status.budget().provider()).element("span", left).close();
    LimitBar.of(status.posted(), status.leased(), limit)
        .write(html, status.budget().provider(), left);
    html.open("p", "class", "fine");
    html.element(
        "span",
        "%s spent and %s leased of %s"
            .formatted(
                numbers.dollars(status.posted()),
                numbers.dollars(status.leased()),
                numbers.dollars(limit)));
    html.open("span").text("starts again in ");
    Words.writeUntil(html, now, status.resetsAt());
    html.close().close();
    writeBurnDown(html, status);
    writeReview(html, status.review());
    status
        .latch()
        .filter(latch -> latch.isLatched(now))
        .ifPresent(latch -> write(html, status, latch));
    if (!status.isCurrent()) {
      String old = "The store does not answer: this is what it said last.";
      html.element("p", old, "class", "notice", "data-kind", "warn");
    }
    html.close();
  }

  private void writeBurnDown(Html html, BudgetStatus status) {
    try {
      BurnDown.read(analytics, status, now).write(html, numbers);
    } catch (StoreException unanswered) {
      // the status says so
    }
    long limit = status.budget().limit().amount();
    Forecast.reaches(limit, status.posted(), status.startsAt(), status.resetsAt(), now)
        .ifPresent(
            end -> {
              html.open("p", "class", "forecast", "data-level", "over");
              html.text("At this pace it is used up in ");
              Words.writeUntil(html, now, end);
              html.close();
            });
  }

  private void writeReview(Html html, BudgetReview review) {
    if (review.verdict() == BudgetReview.Verdict.UNKNOWN) {
      return;
    }
    String verdict =
        switch (review.verdict()) {
          case TOO_LOW -> "too low: a good month may reach it";
          case TOO_HIGH -> "too high: much is lost before it is reached";
          case FINE, UNKNOWN, MISSING -> "fine";
        };
    html.element(
        "p",
        "Expected in a month: %s. Recommended limit: %s. The configured one, %s, is %s."
            .formatted(
                numbers.dollars(review.expectedMonthly()),
                numbers.dollars(review.recommended()),
                numbers.dollars(review.configuredMonthly()),
                verdict),
        "class",
        "forecast",
        "data-level",
        review.verdict() == BudgetReview.Verdict.FINE ? "low" : "over");
  }

  private void write(Html html, BudgetStatus status, ProviderLatch latch) {
    html.open("p", "class", "notice", "data-kind", "stop");
    html.text("The provider says that its own limit is reached (").foreign(latch.cause());
    html.text("): its calls are refused for ");
    Words.writeUntil(html, now, latch.until());
    html.text(".").close();
    form.write(
        html,
        "release-provider",
        status.budget().provider(),
        List.of(new ActionForm.Choice("now", "Let calls in again", "first")));
  }
}
