package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The state of a {@link Surge}. Guarded by its account. */
final class SurgeCounter {

  /** What was learned may make room for others two days after the last request. */
  private static final long IDLE_MICROS = 2 * 86_400_000_000L;

  /** The more days are known, the less a quiet one teaches: down to a tenth. */
  private static final int MAX_DAYS = 9;

  private static final Surge.Span[] SPANS = Surge.Span.values();

  /** Requests over one span; peak and normal in thousandths. */
  private static final class Window {
    long count;
    long before;
    long peak;
    long normal;

    void write(DataOutput out) throws IOException {
      out.writeLong(count);
      out.writeLong(before);
      out.writeLong(peak);
      out.writeLong(normal);
    }

    static Window read(DataInput in) throws IOException {
      Window window = new Window();
      window.count = in.readLong();
      window.before = in.readLong();
      window.peak = in.readLong();
      window.normal = in.readLong();
      return window;
    }
  }

  private final Window[] windows = new Window[SPANS.length];
  private Calendar.Span today = new Calendar.Span(Long.MIN_VALUE, Long.MIN_VALUE);
  private long atMicros;
  private long countedAtMicros = -IDLE_MICROS;
  private long flagEndMicros;
  private int flag;
  private int days;

  private SurgeCounter() {}

  SurgeCounter(Surge surge) {
    for (Surge.Span span : SPANS) {
      Window window = new Window();
      window.normal = span.unknown(surge.expectedDaily());
      windows[span.ordinal()] = window;
    }
  }

  void write(DataOutput out) throws IOException {
    for (Window window : windows) {
      window.write(out);
    }
    out.writeLong(today.startMicros());
    out.writeLong(today.endMicros());
    out.writeLong(atMicros);
    out.writeLong(countedAtMicros);
    out.writeLong(flagEndMicros);
    out.writeInt(flag);
    out.writeInt(days);
  }

  static SurgeCounter read(DataInput in) throws IOException {
    SurgeCounter counter = new SurgeCounter();
    for (int i = 0; i < SPANS.length; i++) {
      counter.windows[i] = Window.read(in);
    }
    counter.today = new Calendar.Span(in.readLong(), in.readLong());
    counter.atMicros = in.readLong();
    counter.countedAtMicros = in.readLong();
    counter.flagEndMicros = in.readLong();
    counter.flag = in.readInt();
    counter.days = in.readInt();
    return counter;
  }

  /** Starts the windows that have begun since; a clock that goes back starts none. */
  void rollTo(Calendar.Span day, long now) {
    if (day.startMicros() > today.startMicros()) {
      learn();
      windows[Surge.Span.DAY.ordinal()].count = 0;
      today = day;
    }
    slide(Surge.Span.TEN_MINUTES, now);
    slide(Surge.Span.HOUR, now);
    atMicros = Math.max(atMicros, now);
    if (flagEndMicros <= now) {
      flag = 0;
    }
  }

  private void slide(Surge.Span span, long now) {
    long last = atMicros - atMicros % span.micros();
    long start = now - now % span.micros();
    if (start > last) {
      Window window = windows[span.ordinal()];
      window.before = start == last + span.micros() ? window.count : 0;
      window.count = 0;
    }
  }

  private void learn() {
    if (windows[Surge.Span.DAY.ordinal()].peak > 0) {
      days = Math.min(days + 1, MAX_DAYS);
    }
    for (Surge.Span span : SPANS) {
      Window window = windows[span.ordinal()];
      long peak = Math.min(window.peak, span.most(window.normal));
      if (peak > window.normal) {
        window.normal += (peak - window.normal) / 2;
      } else if (peak > 0) {
        window.normal -= (window.normal - peak) / (days + 1);
      }
      window.peak = 0;
    }
  }

  void count(long amount, long now) {
    if (amount == 0) {
      return;
    }
    countedAtMicros = now;
    for (Surge.Span span : SPANS) {
      Window window = windows[span.ordinal()];
      window.count = Math.min(Surge.MAX_COUNT, window.count + amount);
      window.peak = Math.max(window.peak, level(span));
      if (flag == 0 && level(span) > span.most(window.normal)) {
        flag = span.ordinal() + 1;
        flagEndMicros = now + Surge.FLAG_MICROS;
      }
    }
  }

  /** What is normal stays known. */
  void reset() {
    flag = 0;
    flagEndMicros = 0;
    for (Window window : windows) {
      window.count = 0;
      window.before = 0;
    }
  }

  private long level(Surge.Span span) {
    Window window = windows[span.ordinal()];
    if (span == Surge.Span.DAY) {
      return window.count * 1000;
    }
    long left = span.micros() - atMicros % span.micros();
    return window.count * 1000 + window.before * (left * 1000 / span.micros());
  }

  /** The number of the span that it is flagged for, from 1; 0 when it is not. */
  int flag() {
    return flag;
  }

  Surge.State state() {
    Surge.Span span = flag == 0 ? Surge.Span.DAY : SPANS[flag - 1];
    long most = span.most(windows[span.ordinal()].normal);
    return new Surge.State(level(span), most, today, flag == 0 ? 0 : flagEndMicros);
  }

  /** Whether it knows more than what is expected. */
  boolean hasCounted() {
    return countedAtMicros != -IDLE_MICROS;
  }

  boolean isIdle(long now) {
    return flagEndMicros <= now && countedAtMicros + IDLE_MICROS <= now;
  }
}
