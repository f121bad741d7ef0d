package dev.tollgate.store.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Finds the addresses of names, within a deadline. The platform's lookup has none: while no name
 * server answers it takes many seconds. So it is done beside the caller, and where it takes too
 * long the addresses that were found last are good enough. Thread-safe. A lookup's thread ends with
 * it.
 */
final class Resolver {

  private static final int MAX_NAMES = 1000;

  private final Lookup lookup;
  private final Consumer<Runnable> starter;
  private final Map<String, FutureTask<InetAddress[]>> running = new ConcurrentHashMap<>();
  private final Map<String, InetAddress[]> known = new ConcurrentHashMap<>();

  /** The platform's lookup. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] find(String name) throws UnknownHostException;
  }

  Resolver(Lookup lookup) {
    this(lookup, Resolver::start);
  }

  /**
   * @param starter runs a lookup beside the caller
   */
  Resolver(Lookup lookup, Consumer<Runnable> starter) {
    this.lookup = lookup;
    this.starter = starter;
  }

  /**
   * The addresses of a name, or the one that it spells.
   *
   * @param deadlineNanos when they must be known, by {@link System#nanoTime}
   * @throws IOException when they are not
   */
  InetAddress[] resolve(String name, long deadlineNanos) throws IOException {
    if (isAddress(name)) {
      return InetAddress.getAllByName(name);
    }
    // the deadline leaves time to connect
    long nanos = (deadlineNanos - System.nanoTime()) / 2;
    try {
      return lookup(name).get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return lastKnown(name, new IOException("the name " + name + " was not resolved in time", e));
    } catch (ExecutionException e) {
      return lastKnown(name, new IOException("the name " + name + " is not known", e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.chars().noneMatch(c -> c != '.' && (c < '0' || c > '9'));
  }

  /** One lookup of a name at a time. */
  private FutureTask<InetAddress[]> lookup(String name) {
    FutureTask<InetAddress[]> mine = new FutureTask<>(() -> find(name));
    FutureTask<InetAddress[]> others = running.putIfAbsent(name, mine);
    if (others != null) {
      return others;
    }
    boolean isStarted = false;
    try {
      starter.accept(mine);
      isStarted = true;
      return mine;
    } finally {
      if (!isStarted) {
        running.remove(name, mine);
      }
    }
  }

  private static void start(Runnable lookup) {
    Thread thread = new Thread(lookup, "tollgate-resolver");
    thread.setDaemon(true);
    thread.start();
  }

  private InetAddress[] find(String name) throws UnknownHostException {
    try {
      InetAddress[] found = lookup.find(name);
      if (known.size() >= MAX_NAMES) {
        known.clear();
      }
      known.put(name, found);
      return found;
    } finally {
      running.remove(name);
    }
  }

  private InetAddress[] lastKnown(String name, IOException failure) throws IOException {
    InetAddress[] last = known.get(name);
    if (last == null) {
      throw failure;
    }
    return last;
  }
}
