package dev.tollgate.dashboard;

import dev.tollgate.Alert;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latest alerts that this process heard of: of all, and of each subject of those that were
 * heard of last. Thread-safe.
 */
final class AlertLog {

  static final int MAX_SUBJECTS = 1000;
  static final int MAX_OF_SUBJECT = 20;
  static final int MAX_ALERTS = 200;

  private final Deque<Alert> latest = new ArrayDeque<>();
  private final Map<String, Deque<Alert>> bySubject = new LinkedHashMap<>();

  synchronized void add(Alert alert) {
    push(latest, alert, MAX_ALERTS);
    Deque<Alert> alerts = bySubject.remove(alert.subject());
    if (alerts == null) {
      alerts = new ArrayDeque<>();
    }
    push(alerts, alert, MAX_OF_SUBJECT);
    bySubject.put(alert.subject(), alerts);
    if (bySubject.size() > MAX_SUBJECTS) {
      bySubject.remove(bySubject.keySet().iterator().next());
    }
  }

  private static void push(Deque<Alert> alerts, Alert alert, int most) {
    alerts.addFirst(alert);
    if (alerts.size() > most) {
      alerts.removeLast();
    }
  }

  /** The alerts of a subject, the latest first. */
  synchronized List<Alert> of(String subject) {
    return List.copyOf(bySubject.getOrDefault(subject, new ArrayDeque<>()));
  }

  /** All alerts, the latest first. */
  synchronized List<Alert> latest() {
    return List.copyOf(latest);
  }
}
