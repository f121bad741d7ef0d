package dev.tollgate.config;

import dev.tollgate.providers.BillAudit;
import dev.tollgate.providers.SpendLimit;
import java.util.Map;

/**
 * What is to be asked of providers' own administration APIs. Immutable.
 *
 * @param audits whose bills are compared, by the budget's name
 * @param limits whose own limits are to be no higher than the hard limit, by the budget's name
 */
record ProviderApis(Map<String, BillAudit> audits, Map<String, OwnLimit> limits) {

  /**
   * @param nanoUsd what it is lowered to
   */
  record OwnLimit(SpendLimit limit, long nanoUsd) {}

  ProviderApis {
    audits = Map.copyOf(audits);
    limits = Map.copyOf(limits);
  }

  boolean isEmpty() {
    return audits.isEmpty() && limits.isEmpty();
  }
}
