package dev.tollgate.config;

import dev.tollgate.Alert;
import dev.tollgate.AlertSink;
import dev.tollgate.AlertSinkFactory;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** Opens {@code trial:} sinks, whose alerts tests can read by the sink's address. */
public final class TrialSinkFactory implements AlertSinkFactory {

  private static final Map<String, BlockingQueue<Alert>> TAKEN = new ConcurrentHashMap<>();

  static BlockingQueue<Alert> taken(String address) {
    return TAKEN.computeIfAbsent(address, unused -> new LinkedBlockingQueue<>());
  }

  @Override
  public boolean opens(String scheme) {
    return scheme.equals("trial");
  }

  @Override
  public AlertSink open(String scheme, String address, Options options) {
    if (address.startsWith("wrong")) {
      throw new IllegalArgumentException("is wrong");
    }
    return new TrialSink(address);
  }

  private record TrialSink(String address) implements AlertSink {

    @Override
    public String name() {
      return "trial";
    }

    @Override
    public void deliver(Alert alert) {
      taken(address).add(alert);
    }

    @Override
    public void close() {}
  }
}
