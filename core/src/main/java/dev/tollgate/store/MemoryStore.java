package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Counters in memory: for one process, and lost with it unless somebody writes its images down.
 *
 * <p>Thread-safe: each account is its own lock, so callers do not wait for one another.
 *
 * <p>Bounded: at {@code maxAccounts} an idle account, one that nothing is counted in any more,
 * makes room for a new one. Where none is idle the new one shares one of {@link #OVERFLOW_ACCOUNTS}
 * accounts, so that a flood of new names is limited as a few callers are and no one's debt is
 * forgotten.
 */
public final class MemoryStore implements Store {

  /** Changes with the form of images: images of another version cannot be read. */
  public static final int IMAGE_VERSION = 1;

  static final int OVERFLOW_ACCOUNTS = 64;

  private static final String OVERFLOW_PREFIX = "\u0000overflow-";

  /** Accounts looked at for an idle one before a new name is sent to a shared account. */
  private static final int EVICTION_TRIES = 16;

  /** How long nobody is looked at after a whole round has found nobody idle. */
  private static final long EVICTION_PAUSE_MICROS = 1_000_000;

  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final Documents documents;
  private final MemoryRollups rollups;
  private final ReentrantLock eviction = new ReentrantLock();

  /** The hand, and whether its round has found anybody: guarded by the lock. */
  private Iterator<Map.Entry<String, Account>> hand = accounts.entrySet().iterator();

  private boolean fruitful = true;
  private volatile long restsSinceMicros = -EVICTION_PAUSE_MICROS;
  private final int maxAccounts;
  private final InstantSource clock;
  private final ChangeListener listener;

  /**
   * @param maxAccounts 1 or more
   * @param clock the store's clock
   */
  public MemoryStore(int maxAccounts, InstantSource clock) {
    this(maxAccounts, clock, ChangeListener.NONE);
  }

  /**
   * A store that is written down.
   *
   * @param maxAccounts 1 or more
   * @param clock the store's clock
   * @param listener hears of what is to be written with {@link #writeImage}
   */
  public MemoryStore(int maxAccounts, InstantSource clock, ChangeListener listener) {
    Range.check("maxAccounts", maxAccounts, 1, Integer.MAX_VALUE);
    this.maxAccounts = maxAccounts;
    this.clock = clock;
    this.listener = listener;
    this.documents = new Documents(listener);
    this.rollups =
        new MemoryRollups(
            Math.min(maxAccounts, Rollups.MAX_ROWS), () -> nowMicros(clock), listener);
  }

  @Override
  public Receipt reserve(Request request) {
    String key = key(request.account());
    Request charged = request.account().equals(key) ? request : request.withAccount(key);
    return open(
        key,
        account -> {
          Receipt receipt = account.reserve(charged, nowMicros());
          if (receipt.admitted().isPresent()) {
            changed(key, account);
          }
          return receipt;
        });
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) {
    hold.requireSettleable(actual, row);
    return change(hold.account(), account -> account.settle(hold, actual, row, nowMicros()));
  }

  /**
   * Holds again what a hold held of quotas, until its deadline, unless the hold is known: then it
   * is left as it is. No limit is checked. Who asks knows that it was not settled: that is not
   * remembered here.
   *
   * @param expiry what becomes of it, as its request said
   * @param memo the journal's row for its expiry, as its request said
   * @return the hold that there is now; empty when it is another one, or {@link #MAX_HOLDS} are
   *     open
   */
  public Optional<Hold> restore(Hold hold, Expiry expiry, String memo) {
    String key = key(hold.account());
    return open(
        key,
        account -> {
          Optional<Hold> restored = account.restore(hold, expiry, memo, nowMicros());
          changed(key, account);
          return restored;
        });
  }

  @Override
  public Receipt cancel(Hold hold) {
    return change(hold.account(), account -> account.cancel(hold, nowMicros()));
  }

  @Override
  public Receipt read(String account, List<Charge> charges) {
    Request request = new Request(account, "read", charges, 0, "");
    return with(account, found -> found.read(request, nowMicros()));
  }

  /** {@inheritDoc} An account that shares its counters with others has no own ones to reset. */
  @Override
  public void reset(String account) {
    change(
        account,
        found -> {
          found.reset(nowMicros());
          return account;
        });
  }

  @Override
  public List<String> rows(String account) {
    return with(account, found -> found.rows(nowMicros()));
  }

  @Override
  public List<OpenHold> openHolds(String account) {
    return with(account, found -> found.openHolds(nowMicros()));
  }

  @Override
  public boolean expire(String account, String id) {
    return change(account, found -> found.expire(id, nowMicros()));
  }

  @Override
  public Document document(String name) {
    Document.checkName(name);
    return documents.get(name, nowMicros());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when 1000 other documents are kept
   */
  @Override
  public boolean replace(String name, long version, String text) {
    Document.checkReplacement(name, text);
    return documents.replace(name, version, text, nowMicros());
  }

  /** {@inheritDoc} Each has at most as many rows as there may be accounts. */
  @Override
  public Rollups rollups() {
    return rollups;
  }

  @Override
  public void close() {
    accounts.clear();
  }

  /** All parts, as of now. */
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    accounts.keySet().forEach(name -> parts.add(new Part(Part.Kind.ACCOUNT, name)));
    documents.names().forEach(name -> parts.add(new Part(Part.Kind.DOCUMENT, name)));
    rollups.names().forEach(name -> parts.add(new Part(Part.Kind.ROLLUP, name)));
    return parts;
  }

  /** Makes the next images of a part, taken together, tell all of it and not only its changes. */
  public void markWhole(Part part) {
    if (part.kind() == Part.Kind.ACCOUNT) {
      with(
          part.name(),
          account -> {
            account.changes().all();
            return part;
          });
    } else if (part.kind() == Part.Kind.ROLLUP) {
      rollups.markWhole(part.name());
    }
  }

  /**
   * Writes what has changed in a part since its last image, at one point in time: as a whole if it
   * is new, and that it is gone if it is. Reading images in the order in which they were written
   * makes the part as it was. The form of images belongs to {@link #IMAGE_VERSION}.
   *
   * @return whether this was all; if not, what {@link #markWhole} asked for goes on with the next
   *     image
   */
  public boolean writeImage(Part part, DataOutput out) throws IOException {
    return switch (part.kind()) {
      case ACCOUNT -> writeAccount(part.name(), out);
      case DOCUMENT -> documents.write(part.name(), out);
      case ROLLUP -> rollups.write(part.name(), out);
    };
  }

  private boolean writeAccount(String name, DataOutput out) throws IOException {
    Account account = accounts.get(name);
    if (account == null) {
      out.writeBoolean(false);
      return true;
    }
    synchronized (account) {
      out.writeBoolean(!account.isRetired());
      if (!account.isRetired()) {
        account.write(out);
      }
    }
    return true;
  }

  /**
   * Reads an image. To be used before the store is.
   *
   * @throws IOException when it ends too soon
   * @throws IllegalArgumentException when it is not an image of such a part
   */
  public void readImage(Part part, DataInput in) throws IOException {
    switch (part.kind()) {
      case ACCOUNT -> readAccount(part.name(), in);
      case DOCUMENT -> documents.read(part.name(), in);
      case ROLLUP -> rollups.read(part.name(), in);
    }
  }

  private void readAccount(String name, DataInput in) throws IOException {
    if (!in.readBoolean()) {
      accounts.remove(name);
      return;
    }
    Account account = accounts.computeIfAbsent(name, absent -> newAccount());
    synchronized (account) {
      account.read(name, in);
    }
  }

  private Account newAccount() {
    return new Account(
        listener == ChangeListener.NONE ? AccountChanges.UNNOTED : AccountChanges.noted());
  }

  /** Tells that an account of the map has changed; its monitor is held. */
  private void changed(String name, Account account) {
    if (account.changes().tell()) {
      listener.changed(new Part(Part.Kind.ACCOUNT, name));
    }
  }

  int size() {
    return accounts.size();
  }

  /** As {@link #with}, and tells that the account has changed. */
  private <T> T change(String name, Function<Account, T> operation) {
    return with(
        name,
        account -> {
          T answer = operation.apply(account);
          changed(name, account);
          return answer;
        });
  }

  /** Asks an account that exists from now on. */
  private <T> T open(String key, Function<Account, T> operation) {
    while (true) {
      Account account = accounts.computeIfAbsent(key, absent -> newAccount());
      synchronized (account) {
        if (!account.isRetired()) {
          return operation.apply(account);
        }
      }
    }
  }

  /** Asks an account that may exist: one that does not is empty, and stays out of the map. */
  private <T> T with(String name, Function<Account, T> operation) {
    Account account = accounts.getOrDefault(name, new Account(AccountChanges.UNNOTED));
    synchronized (account) {
      // a retired account was idle: it answers as an empty one
      return operation.apply(account);
    }
  }

  /** The name itself, or that of a shared account when there is no room for another one. */
  private String key(String name) {
    if (accounts.containsKey(name) || accounts.size() < maxAccounts || evictOne()) {
      return name;
    }
    return OVERFLOW_PREFIX + Math.floorMod(name.hashCode(), OVERFLOW_ACCOUNTS);
  }

  /** Moves a hand over the accounts, as the CLOCK algorithm does, and drops the first idle one. */
  private boolean evictOne() {
    long now = nowMicros();
    if (isResting(now) || !eviction.tryLock()) {
      return false;
    }
    try {
      for (int i = 0; i < EVICTION_TRIES && (hand.hasNext() || beginsAgain(now)); i++) {
        Map.Entry<String, Account> entry = hand.next();
        Account account = entry.getValue();
        synchronized (account) {
          if (account.retireIfIdle(now)) {
            accounts.remove(entry.getKey(), account);
            fruitful = true;
            changed(entry.getKey(), account);
            return true;
          }
        }
      }
      return false;
    } finally {
      eviction.unlock();
    }
  }

  /** Whether the hand goes round again. In a flood nobody is idle, and to look costs time. */
  private boolean beginsAgain(long now) {
    hand = accounts.entrySet().iterator();
    boolean begins = fruitful;
    fruitful = false;
    if (!begins) {
      restsSinceMicros = now;
    }
    return begins && hand.hasNext();
  }

  /** A clock that goes back ends the rest. */
  private boolean isResting(long now) {
    long rested = now - restsSinceMicros;
    return rested >= 0 && rested < EVICTION_PAUSE_MICROS;
  }

  private long nowMicros() {
    return nowMicros(clock);
  }

  private static long nowMicros(InstantSource clock) {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000L + now.getNano() / 1000;
  }
}
