package dev.tollgate.dashboard;

import dev.tollgate.CallerOverride;
import dev.tollgate.CallerOverride.Raise;
import java.time.Instant;
import java.util.List;

/**
 * What operators have decided for single callers, in HTML. Immutable.
 *
 * @param base the address of the operators' pages
 */
record OverridesView(List<CallerOverride> overrides, Instant now, ActionForm form, String base) {

  private static final List<ActionForm.Choice> END =
      List.of(new ActionForm.Choice(CallerActions.Choice.END.name(), "End now", ""));

  void write(Html html) {
    if (overrides.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "Callers with decisions in force");
    html.open("ul", "class", "blocks");
    overrides.forEach(override -> write(html, override));
    html.close().close();
  }

  private void write(Html html, CallerOverride override) {
    html.open("li").open("p", "class", "line");
    html.open("a", "href", CallerSearch.address(base, override.caller()));
    html.foreign(override.caller()).close();
    if (override.effect() instanceof Raise raise) {
      html.element(
          "span", "Raised to " + raise.percent() + " %", "class", "tag", "data-mode", "full");
    } else {
      html.element("span", "Blocked", "class", "tag", "data-mode", "stopped");
    }
    html.close().open("p", "class", "forecast").text("For ");
    Words.writeUntil(html, now, override.until());
    html.text(", by ").foreign(override.operator());
    if (!override.reason().isEmpty()) {
      html.text(": ").foreign(override.reason());
    }
    html.close();
    form.write(html, CallerActions.ACTION, override.caller(), END);
    html.close();
  }
}
