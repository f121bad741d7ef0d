/** Sinks that tell alerts over HTTP: webhooks, Slack, Alertmanager, PagerDuty. */
@NullMarked
package dev.tollgate.alerts;

import org.jspecify.annotations.NullMarked;
