package dev.tollgate.sample;

import dev.tollgate.Alert;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The latest alerts of each subject, of those that were heard of last. Thread-safe. */
@ApplicationScoped
class RecentAlerts {

  static final int MAX_SUBJECTS = 1000;
  static final int MAX_ALERTS = 20;

  private final Map<String, Deque<Alert>> bySubject = new LinkedHashMap<>();

  synchronized void add(@Observes Alert alert) {
    Deque<Alert> alerts = bySubject.remove(alert.subject());
    if (alerts == null) {
      alerts = new ArrayDeque<>();
    }
    alerts.addFirst(alert);
    if (alerts.size() > MAX_ALERTS) {
      alerts.removeLast();
    }
    bySubject.put(alert.subject(), alerts);
    if (bySubject.size() > MAX_SUBJECTS) {
      bySubject.remove(bySubject.keySet().iterator().next());
    }
  }

  /** The alerts of a subject, the latest first. */
  synchronized List<Alert> of(String subject) {
    return List.copyOf(bySubject.getOrDefault(subject, new ArrayDeque<>()));
  }
}
