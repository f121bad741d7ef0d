package dev.tollgate.dashboard;

import dev.tollgate.Analytics;
import dev.tollgate.Money;
import dev.tollgate.Totals;
import dev.tollgate.store.Rollups;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was spent as a row of FOCUS 1.0, the FinOps open cost and usage specification: its mandatory
 * columns, those of what was consumed, and columns of its own, which begin with {@code x_}.
 * Immutable. See the <a
 * href="https://focus.finops.org/focus-specification/v1-0/">specification</a>.
 *
 * @param span tells how long the time of the row is
 */
record FocusRow(Analytics.Part part, Period.Span span) {

  static final List<String> COLUMNS =
      List.copyOf(
          new FocusRow(
                  new Analytics.Part(Instant.EPOCH, "", "", "", "", Totals.NOTHING),
                  Period.Span.DAY)
              .values()
              .keySet());

  private static final String UNKNOWN = "Unknown";

  /** Whether it is a charge: what was only refused is none. */
  static boolean isCharge(Analytics.Part part) {
    Totals totals = part.totals();
    return totals.costNanoUsd() > 0 || totals.requests() > 0 || tokens(totals) > 0;
  }

  private static long tokens(Totals totals) {
    return totals.inputTokens() + totals.outputTokens();
  }

  /** By column, in the order of {@link #COLUMNS}. A text that is empty is null there. */
  Map<String, Object> values() {
    Totals totals = part.totals();
    String cost = Money.usd(totals.costNanoUsd()).toPlainString();
    LocalDate day = LocalDate.ofInstant(part.start(), ZoneOffset.UTC);
    Period month = Period.of(Period.Span.MONTH, day);
    boolean hasTokens = tokens(totals) > 0;
    long quantity = hasTokens ? tokens(totals) : totals.requests();
    String unit = hasTokens ? "Tokens" : "Requests";
    String provider = provider();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("BilledCost", cost);
    row.put("BillingAccountId", provider);
    row.put("BillingAccountName", provider);
    row.put("BillingCurrency", "USD");
    row.put("BillingPeriodEnd", month.to().toString());
    row.put("BillingPeriodStart", month.from().toString());
    row.put("ChargeCategory", "Usage");
    row.put("ChargeClass", "");
    row.put("ChargeDescription", description());
    row.put("ChargeFrequency", "Usage-Based");
    row.put("ChargePeriodEnd", span.end(part.start()).toString());
    row.put("ChargePeriodStart", part.start().toString());
    row.put("ConsumedQuantity", quantity);
    row.put("ConsumedUnit", unit);
    row.put("ContractedCost", cost);
    row.put("EffectiveCost", cost);
    row.put("InvoiceIssuerName", provider);
    row.put("ListCost", cost);
    row.put("PricingQuantity", quantity);
    row.put("PricingUnit", unit);
    row.put("ProviderName", provider);
    row.put("PublisherName", publisher().isEmpty() ? provider : publisher());
    row.put("ServiceCategory", "AI and Machine Learning");
    row.put("ServiceName", part.model().isEmpty() ? "Requests without a model" : part.model());
    row.put("x_Tier", part.tier());
    row.put("x_Route", part.route());
    row.put("x_Model", part.model());
    row.put("x_Requests", totals.requests());
    row.put("x_InputTokens", totals.inputTokens());
    row.put("x_OutputTokens", totals.outputTokens());
    return row;
  }

  private String description() {
    String what = part.model().isEmpty() ? "Requests" : "Calls of " + part.model();
    return what + " on route " + part.route() + " by tier " + part.tier();
  }

  /** Whose key was used, or else whose the model is. */
  private String provider() {
    if (!part.provider().isEmpty() && !part.provider().equals(Rollups.OTHERS)) {
      return part.provider();
    }
    return publisher().isEmpty() ? UNKNOWN : publisher();
  }

  /** Whose the model is; empty when its name does not tell. */
  private String publisher() {
    return GenAiProvider.known(part.model()).orElse("");
  }
}
