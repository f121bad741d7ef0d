package dev.tollgate.alerts;

import dev.tollgate.Alert;
import java.util.Optional;

/** How a receiver wants to be told. */
interface MessageFormat {

  /** What to post; empty for an alert that this receiver is not told. */
  Optional<Message> message(Alert alert);
}
