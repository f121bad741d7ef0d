package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Turns as timelines: time stands until a test sets it. */
class WaitingLinesTest {

  private static final WaitingLines.Key ALICE = new WaitingLines.Key("alice", "chat");
  private static final WaitingLines.Key BOB = new WaitingLines.Key("bob", "chat");
  private static final WaitingLines.Key CAROL = new WaitingLines.Key("carol", "chat");

  private final WaitingLines<String> lines = new WaitingLines<>();

  @Test
  void nobodyHasATurnBeforeItIsDue() {
    join(ALICE, "a", Priority.NORMAL, 100, 1000);
    assertThat(lines.next(99)).isEmpty();
    assertThat(lines.wakeNanos()).hasValue(100);
    assertThat(turnAt(100).waiter()).isEqualTo("a");
    assertThat(lines.next(100)).as("while it tries").isEmpty();
  }

  @Test
  void aLineIsServedInOrderOfArrival() {
    join(ALICE, "a1", Priority.NORMAL, 100, 1000);
    join(ALICE, "a2", Priority.NORMAL, 0, 1000);
    assertThat(lines.next(99)).as("the second does not overtake").isEmpty();
    assertThat(admitAt(100)).isEqualTo("a1");
    assertThat(admitAt(100)).isEqualTo("a2");
    assertThat(lines.next(100)).isEmpty();
    assertThat(lines.size()).isZero();
    assertThat(lines.wakeNanos()).isEmpty();
  }

  @Test
  void ofSeveralThatAreDueTheHigherPriorityGoesFirstThenTheEarlierArrival() {
    join(ALICE, "low", Priority.LOW, 10, 1000);
    join(BOB, "normal", Priority.NORMAL, 30, 1000);
    join(CAROL, "also normal", Priority.NORMAL, 20, 1000);
    join(new WaitingLines.Key("dora", "chat"), "high", Priority.HIGH, 40, 1000);
    assertThat(List.of(admitAt(50), admitAt(50), admitAt(50), admitAt(50)))
        .containsExactly("high", "normal", "also normal", "low");
  }

  @Test
  void aRefusedOneTriesAgainWhenItShould() {
    join(ALICE, "a", Priority.NORMAL, 0, 1000);
    lines.again(turnAt(0), Priority.NORMAL, 60);
    assertThat(lines.next(59)).isEmpty();
    assertThat(admitAt(60)).isEqualTo("a");
  }

  @Test
  void aLineThatBecomesRestrictedFallsBehind() {
    join(ALICE, "a", Priority.NORMAL, 0, 1000);
    join(BOB, "b", Priority.NORMAL, 50, 1000);
    lines.again(turnAt(0), Priority.LOW, 50);
    assertThat(List.of(admitAt(50), admitAt(50))).containsExactly("b", "a");
  }

  @Test
  void theDeadlineIsTheLastTurn() {
    join(ALICE, "a", Priority.NORMAL, 500, 200);
    assertThat(lines.wakeNanos()).hasValue(200);
    assertThat(lines.next(199)).isEmpty();
    WaitingLines.Turn<String> last = turnAt(200);
    assertThat(last.isLast()).isTrue();
    lines.done(last, 500);
    assertThat(lines.size()).isZero();
  }

  @Test
  void theNextOfALineWaitsForWhatTheLastLearned() {
    join(ALICE, "a1", Priority.NORMAL, 500, 200);
    join(ALICE, "a2", Priority.NORMAL, 500, 900);
    lines.done(turnAt(200), 600);
    assertThat(lines.next(599)).isEmpty();
    assertThat(admitAt(600)).isEqualTo("a2");
  }

  @Test
  void oneThatLeavesMakesRoomForTheNext() {
    join(ALICE, "a1", Priority.NORMAL, 100, 200);
    join(ALICE, "a2", Priority.NORMAL, 100, 1000);
    lines.leave(ALICE, "a1");
    assertThat(lines.size()).isEqualTo(1);
    WaitingLines.Turn<String> turn = turnAt(300);
    assertThat(turn.waiter()).isEqualTo("a2");
    assertThat(turn.isLast()).isFalse();
    lines.leave(BOB, "nobody");
  }

  @Test
  void oneMayLeaveWhileItTries() {
    join(ALICE, "a1", Priority.NORMAL, 0, 1000);
    WaitingLines.Turn<String> turn = turnAt(0);
    lines.leave(ALICE, "a1");
    join(ALICE, "a2", Priority.NORMAL, 0, 1000);
    assertThat(lines.next(0)).as("one try of a line at a time").isEmpty();
    lines.again(turn, Priority.NORMAL, 10);
    assertThat(admitAt(10)).isEqualTo("a2");

    join(ALICE, "a3", Priority.NORMAL, 20, 1000);
    WaitingLines.Turn<String> lonely = turnAt(20);
    lines.leave(ALICE, "a3");
    lines.done(lonely, 20);
    assertThat(lines.size()).isZero();
    assertThat(lines.wakeNanos()).isEmpty();
  }

  @Test
  void aLineHasABound() {
    for (int i = 0; i < WaitingLines.MAX_LINE; i++) {
      join(ALICE, "a" + i, Priority.NORMAL, 0, 1000);
    }
    assertThat(lines.join(ALICE, "one more", Priority.NORMAL, 0, 1000)).isFalse();
    assertThat(lines.join(BOB, "b", Priority.NORMAL, 0, 1000)).isTrue();
    assertThat(lines.size(ALICE)).isEqualTo(WaitingLines.MAX_LINE);
    assertThat(lines.leaveAll()).hasSize(WaitingLines.MAX_LINE + 1);
    assertThat(lines.size()).isZero();
    assertThat(lines.next(2000)).isEmpty();
  }

  /** Whatever happens: all are served once or left, in the order of their lines, by deadline. */
  @Test
  void randomComingsAndGoingsLoseNobody() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> waiting = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      String what = "seed " + seed + ", step " + step;
      now += random.nextInt(10);
      WaitingLines.Key key = new WaitingLines.Key("caller" + random.nextInt(20), "chat");
      switch (random.nextInt(4)) {
        case 0 -> {
          String name = key.caller() + "#" + step;
          long due = now + random.nextInt(50);
          if (lines.join(key, name, priority(random), due, now + random.nextInt(200))) {
            waiting.add(name);
          }
        }
        case 1 -> {
          if (!waiting.isEmpty() && random.nextInt(10) == 0) {
            String name = waiting.remove(random.nextInt(waiting.size()));
            lines.leave(new WaitingLines.Key(name.split("#")[0], "chat"), name);
          }
        }
        default -> serveOne(now, random, waiting, what);
      }
      assertThat(lines.size()).as(what).isEqualTo(waiting.size());
    }
    while (!waiting.isEmpty()) {
      assertThat(serveOne(now + 1_000_000, random, waiting, "seed " + seed)).isTrue();
    }
    assertThat(lines.wakeNanos()).isEmpty();
  }

  private boolean serveOne(long now, Random random, List<String> waiting, String what) {
    var turn = lines.next(now);
    turn.ifPresent(
        found -> {
          String line = found.waiter().split("#")[0] + "#";
          assertThat(waiting.stream().filter(name -> name.startsWith(line)).findFirst())
              .as(what)
              .contains(found.waiter());
          if (found.isLast() || random.nextBoolean()) {
            waiting.remove(found.waiter());
            lines.done(found, now + random.nextInt(20));
          } else {
            lines.again(found, priority(random), now + random.nextInt(50));
          }
        });
    return turn.isPresent();
  }

  private static Priority priority(Random random) {
    return Priority.values()[random.nextInt(3)];
  }

  private void join(WaitingLines.Key key, String name, Priority priority, long due, long deadline) {
    assertThat(lines.join(key, name, priority, due, deadline)).isTrue();
  }

  private WaitingLines.Turn<String> turnAt(long now) {
    return lines.next(now).orElseThrow();
  }

  private String admitAt(long now) {
    WaitingLines.Turn<String> turn = turnAt(now);
    lines.done(turn, now);
    return turn.waiter();
  }
}
