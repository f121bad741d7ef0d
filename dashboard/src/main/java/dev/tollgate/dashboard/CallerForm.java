package dev.tollgate.dashboard;

import dev.tollgate.CallerOverride;
import dev.tollgate.CallerOverride.Raise;
import dev.tollgate.dashboard.ActionForm.Choice;
import dev.tollgate.dashboard.ActionForm.Field;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** The form by which an operator raises, blocks or resets a caller. Immutable. */
record CallerForm(String caller, Instant now, ActionForm form) {

  private static final int USUAL_PERCENT = 200;
  private static final List<Choice> CHOICES =
      List.of(
          new Choice(CallerActions.Choice.RAISE.name(), "Raise", "first"),
          new Choice(CallerActions.Choice.BLOCK.name(), "Block", "stop"),
          new Choice(CallerActions.Choice.RESET.name(), "Reset", ""));

  void write(Html html) {
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    LocalDate latest = today.plusDays(CallerOverride.MAX_TIME.toDays() - 1);
    html.open("section", "class", "card").element("h2", "Decide by hand");
    form.write(
        html,
        CallerActions.ACTION,
        caller,
        List.of(
            new Field(
                CallerActions.PERCENT,
                "Raise limits to, in %",
                "number",
                Integer.toString(USUAL_PERCENT),
                Integer.toString(Raise.MIN_PERCENT),
                Integer.toString(Raise.MAX_PERCENT)),
            new Field(
                CallerActions.LAST_DAY,
                "Raise or block until the end of (UTC)",
                "date",
                today.toString(),
                today.toString(),
                latest.toString())),
        CHOICES);
    html.element(
        "p",
        "A reset forgets what the caller has used of its limits. Spend and providers' budgets stay.",
        "class",
        "fine");
    html.close();
  }
}
