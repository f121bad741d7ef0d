package dev.tollgate.sample;

import dev.tollgate.Caller;
import dev.tollgate.Tollgate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Tells callers what they have used. Thread-safe. */
@ApplicationScoped
class UsageService {

  @Inject Tollgate tollgate;
  @Inject RecentAlerts alerts;

  public UsageReport report(Caller caller) {
    return UsageReport.of(caller, tollgate, alerts.of(caller.id()));
  }
}
