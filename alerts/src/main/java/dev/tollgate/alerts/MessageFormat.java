package dev.tollgate.alerts;

import dev.tollgate.Alert;

/** How a receiver wants to be told. */
interface MessageFormat {

  /** What to post. */
  Message message(Alert alert);
}
