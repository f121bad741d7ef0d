package dev.tollgate.dashboard;

import dev.tollgate.Alert;
import dev.tollgate.AuditRow;
import dev.tollgate.Health;
import dev.tollgate.SinkState;
import dev.tollgate.Spending;
import dev.tollgate.Tollgate;
import java.time.Instant;
import java.util.List;

/**
 * How everything stands, in HTML. Immutable.
 *
 * @param store the kind of the store, such as {@code redis}
 * @param sinks how the sinks of alerts do
 * @param base the address of the operators' pages
 */
record OverviewView(
    Tollgate tollgate,
    String store,
    List<SinkState> sinks,
    Numbers numbers,
    Instant now,
    ActionForm form,
    String base) {

  private static final int MAX_AUDITS = 50;

  void write(Html html) {
    writeHealth(html);
    Spending spending = tollgate.policies().spending();
    html.open("div", "class", "cards broad");
    int factorPercent = spending.breaker().factorPercent();
    new BreakerView(tollgate.breakers(), factorPercent, numbers, now, form).write(html);
    new BudgetView(tollgate.budgets(), tollgate.analytics(), numbers, now, form).write(html);
    html.close();
    new OverridesView(tollgate.overrides(), now, form, base).write(html);
    new AnomaliesView(tollgate, now, base).write(html);
    writeAlerts(html);
    new SinksView(sinks, numbers).write(html);
    writeAudits(html);
  }

  private void writeHealth(Html html) {
    Health health = tollgate.health();
    html.open("section", "class", "card lead", "aria-label", "Health");
    html.element(
        "p",
        health.degraded() ? "The store does not answer" : "The store answers",
        "class",
        "mode",
        "data-mode",
        health.degraded() ? "stopped" : "full");
    if (tollgate.policies().shadow()) {
      html.element("p", "Shadow mode: nothing is refused.", "class", "notice", "data-kind", "warn");
    }
    html.open("ul", "class", "facts");
    html.open("li").text("kind of store: ").element("b", store).close();
    numbers.writeFact(html, health.journalledSettlements(), "settlements wait for the store");
    numbers.writeFact(html, health.lostSettlements(), "settlements lost");
    numbers.writeFact(html, health.droppedAlerts(), "alerts dropped");
    html.close().close();
  }

  private void writeAudits(Html html) {
    List<AuditRow> audits = tollgate.audits().stream().limit(MAX_AUDITS).toList();
    if (audits.isEmpty()) {
      return;
    }
    html.open("section", "class", "card").element("h2", "What operators did", "id", "audits");
    WideTable.open(
        html, "audits", List.of("Time", "Operator", "Action", "Subject", "Why"), List.of());
    for (AuditRow row : audits) {
      html.open("tr").open("td");
      Words.writeTime(html, row.at());
      html.close();
      for (String text : List.of(row.operator(), row.action(), row.subject(), row.reason())) {
        html.open("td", "class", "wrap").foreign(text).close();
      }
      html.close();
    }
    WideTable.close(html);
    html.close();
  }

  private void writeAlerts(Html html) {
    List<Alert> alerts = tollgate.alerts();
    html.open("section", "class", "card").element("h2", "Latest alerts", "id", "alerts");
    if (alerts.isEmpty()) {
      html.element("p", "None.", "class", "fine").close();
      return;
    }
    WideTable.open(html, "alerts", List.of("Time", "Kind", "Subject", "What happened"), List.of());
    for (Alert alert : alerts) {
      html.open("tr").open("td");
      Words.writeTime(html, alert.at());
      html.close().element("td", Words.spoken(alert.kind()));
      html.open("td", "class", "wrap").foreign(alert.subject()).close();
      html.open("td", "class", "wrap").foreign(Words.sentence(alert.message())).close().close();
    }
    WideTable.close(html);
    html.close();
  }
}
