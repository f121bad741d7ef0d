package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditJournalTest {

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final MemoryStore store = new MemoryStore(10, clock);
  private final Tollgate one = open();
  private final Tollgate other = open();

  private Tollgate open() {
    return Tollgate.builder(
            Policies.of(
                List.of(Tier.of("free")), List.of(Route.of("chat")), new PriceBook(Map.of())),
            store)
        .clock(clock)
        .build();
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private AuditRow row(String reason) {
    return new AuditRow(clock.instant(), "olga", "open-breaker", "route chat", reason);
  }

  @Test
  void whatOperatorsDoInOneProcessIsSeenInAll() throws Exception {
    one.audit(row("a leaked key"));
    clock.advance(Duration.ofMinutes(1));
    other.audit(row(""));
    assertThat(one.audits()).extracting(AuditRow::reason).containsExactly("", "a leaked key");
    assertThat(other.audits()).isEqualTo(one.audits());
  }

  @Test
  void aReasonCannotForgeARow() throws Exception {
    one.audit(row("x\n2026-03-10T12:00:00Z\tmallory\tclose-breaker\troute chat\t"));
    assertThat(one.audits()).singleElement().extracting(AuditRow::operator).isEqualTo("olga");
  }

  @Test
  void aReasonCannotForgeALineOfTheLog() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("dev.tollgate.audit");
    Handler recorder =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(recorder);
    try {
      one.audit(row("x | y\" operator=\"mallory\nevent=\"audit"));
    } finally {
      logger.removeHandler(recorder);
    }
    assertThat(lines)
        .containsExactly(
            "event=\"audit\" at=\"2026-03-10T12:00:00Z\" operator=\"olga\""
                + " action=\"open-breaker\" subject=\"route chat\""
                + " reason=\"x | y\\\" operator=\\\"mallory\\u{a}event=\\\"audit\"");
  }

  @Test
  void theOldestRowsMakeRoomForNewOnes() throws Exception {
    for (int i : IntStream.range(0, 300).toArray()) {
      one.audit(row(i + " " + "x".repeat(600)));
    }
    assertThat(one.audits())
        .hasSizeBetween(100, 130)
        .allMatch(kept -> kept.reason().length() == 500)
        .first()
        .extracting(kept -> kept.reason().substring(0, 4))
        .isEqualTo("299 ");
  }

  @Test
  void rowsWrittenAtOnceAreAllKept() throws Exception {
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(i -> new Thread(() -> writeFive(i % 2 == 0 ? one : other)))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(one.audits()).hasSize(20);
  }

  private void writeFive(Tollgate engine) {
    for (int i = 0; i < 5; i++) {
      try {
        engine.audit(row(Integer.toString(i)));
      } catch (StoreException unanswered) {
        throw new IllegalStateException(unanswered);
      }
    }
  }
}
