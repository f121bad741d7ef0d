package dev.tollgate;

import dev.tollgate.store.Charge;
import dev.tollgate.store.Document;
import dev.tollgate.store.Hold;
import dev.tollgate.store.OpenHold;
import dev.tollgate.store.Receipt;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.util.List;

/** A store behind a line that can be cut, in both directions or for answers alone. */
final class CuttableStore implements Store {
  private final Store store;
  volatile boolean cut;

  /** Whether it answers questions, and takes nothing. */
  volatile boolean isReadOnly;

  /** Whether reserves are done and their answers lost. */
  volatile boolean mute;

  volatile int asked;

  /** What happens while a reserve is on its way. */
  volatile Runnable onReserve = () -> {};

  CuttableStore(Store store) {
    this.store = store;
  }

  private Store reach() throws StoreException {
    asked++;
    if (cut) {
      throw new StoreException("cut");
    }
    return store;
  }

  private Store write() throws StoreException {
    Store reached = reach();
    if (isReadOnly) {
      throw new StoreException("read-only");
    }
    return reached;
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    onReserve.run();
    Receipt receipt = write().reserve(request);
    if (mute) {
      throw new StoreException("the answer is lost");
    }
    return receipt;
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    return write().settle(hold, actual, row);
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    return write().cancel(hold);
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    return reach().read(account, charges);
  }

  @Override
  public void reset(String account) throws StoreException {
    write().reset(account);
  }

  @Override
  public List<String> rows(String account) throws StoreException {
    return reach().rows(account);
  }

  @Override
  public List<OpenHold> openHolds(String account) throws StoreException {
    return reach().openHolds(account);
  }

  @Override
  public boolean expire(String account, String id) throws StoreException {
    return write().expire(account, id);
  }

  @Override
  public Document document(String name) throws StoreException {
    return reach().document(name);
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    return write().replace(name, version, text);
  }

  @Override
  public void close() {
    store.close();
  }
}
