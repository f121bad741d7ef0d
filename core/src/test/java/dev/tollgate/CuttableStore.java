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

  /** Whether reserves are done and their answers lost. */
  volatile boolean mute;

  volatile int asked;

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

  @Override
  public Receipt reserve(Request request) throws StoreException {
    Receipt receipt = reach().reserve(request);
    if (mute) {
      throw new StoreException("the answer is lost");
    }
    return receipt;
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    return reach().settle(hold, actual, row);
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    return reach().cancel(hold);
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    return reach().read(account, charges);
  }

  @Override
  public void reset(String account) throws StoreException {
    reach().reset(account);
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
    return reach().expire(account, id);
  }

  @Override
  public Document document(String name) throws StoreException {
    return reach().document(name);
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    return reach().replace(name, version, text);
  }

  @Override
  public void close() {
    store.close();
  }
}
