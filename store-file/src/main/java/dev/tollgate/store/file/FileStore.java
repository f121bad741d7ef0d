package dev.tollgate.store.file;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Durability;
import dev.tollgate.store.Expiry;
import dev.tollgate.store.Hold;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import dev.tollgate.store.UnusableStoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * Counters in memory, written down in a directory. What is acknowledged is in the file, but for a
 * reserve's: that waits only for a lease of money, which is on the disk before it can be spent.
 *
 * <p>Thread-safe. It owns one thread.
 */
final class FileStore implements Store {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  private final MemoryStore memory;
  private final GroupWriter writer;
  private final Rollups rollups = new KeptRollups();

  private FileStore(MemoryStore memory, GroupWriter writer) {
    this.memory = memory;
    this.writer = writer;
  }

  /**
   * @throws UnusableStoreException when the directory cannot be used; it is free again then
   */
  static FileStore open(Path path, int maxAccounts, InstantSource clock, LogSettings settings) {
    DataDirectory directory = DataDirectory.open(path);
    try {
      return open(directory, maxAccounts, clock, settings);
    } catch (IOException unusable) {
      release(directory);
      throw DataDirectory.unwritable(directory.path(), unusable);
    } catch (UnusableStoreException unusable) {
      release(directory);
      throw unusable;
    }
  }

  private static FileStore open(
      DataDirectory directory, int maxAccounts, InstantSource clock, LogSettings settings)
      throws IOException {
    Changes changes = new Changes();
    Recovered recovered =
        Recovery.run(directory, () -> new MemoryStore(maxAccounts, clock, changes), settings);
    LogWriter logWriter = new LogWriter(recovered.store(), recovered.log(), recovered.wholeBytes());
    GroupWriter writer = new GroupWriter(changes, logWriter, directory.path());
    writer.start();
    LOGGER.log(Level.INFO, "usage is kept in {0}", directory.path());
    return new FileStore(recovered.store(), writer);
  }

  private static void release(DataDirectory directory) {
    try {
      directory.close();
    } catch (IOException failure) {
      LOGGER.log(Level.WARNING, "{0} could not be closed: {1}", directory.path(), failure);
    }
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    writer.requireWorking();
    Receipt receipt = memory.reserve(request);
    if (request.expiry() == Expiry.CHARGED && receipt.admitted().isPresent()) {
      writer.awaitWritten(true);
    }
    return receipt;
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    writer.requireWorking();
    return written(memory.settle(hold, actual, row));
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    writer.requireWorking();
    return written(memory.cancel(hold));
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    writer.requireWorking();
    return memory.read(account, charges);
  }

  @Override
  public void reset(String account) throws StoreException {
    writer.requireWorking();
    memory.reset(account);
    writer.awaitWritten(false);
  }

  @Override
  public List<String> rows(String account) throws StoreException {
    writer.requireWorking();
    return memory.rows(account);
  }

  @Override
  public List<OpenHold> openHolds(String account) throws StoreException {
    writer.requireWorking();
    return memory.openHolds(account);
  }

  @Override
  public boolean expire(String account, String id) throws StoreException {
    writer.requireWorking();
    return written(memory.expire(account, id));
  }

  @Override
  public Document document(String name) throws StoreException {
    writer.requireWorking();
    return memory.document(name);
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    writer.requireWorking();
    return written(memory.replace(name, version, text));
  }

  @Override
  public Rollups rollups() {
    return rollups;
  }

  @Override
  public Durability durability() {
    return Durability.KEPT;
  }

  private <T> T written(T answer) throws StoreException {
    writer.awaitWritten(false);
    return answer;
  }

  @Override
  public void close() {
    writer.close();
    memory.close();
  }

  /** The rollups of the memory, written down. */
  private final class KeptRollups implements Rollups {

    @Override
    public void add(Addition addition) throws StoreException {
      writer.requireWorking();
      memory.rollups().add(addition);
      writer.awaitWritten(false);
    }

    @Override
    public List<Row> largest(String rollup, int offset, int limit) throws StoreException {
      writer.requireWorking();
      return memory.rollups().largest(rollup, offset, limit);
    }

    @Override
    public List<Row> find(String rollup, List<String> keys) throws StoreException {
      writer.requireWorking();
      return memory.rollups().find(rollup, keys);
    }
  }
}
