package dev.tollgate.config;

import dev.tollgate.Meter;

/** Nano-USD that are expected in a month: {@code 2000 USD/month}. */
final class SpendSyntax {

  static final Syntax<Long> MONTHLY = new Syntax<>("2000 USD/month", SpendSyntax::parse);

  private SpendSyntax() {}

  private static long parse(String text) {
    Allowance allowance = Allowance.parse(text);
    if (allowance.meter() != Meter.COST || !allowance.per().equals("month")) {
      throw new IllegalArgumentException("'" + text + "' is not USD/month");
    }
    return allowance.amount();
  }
}
