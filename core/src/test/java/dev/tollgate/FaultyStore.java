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
import java.util.Random;

/** A store whose questions and answers get lost, as often as it is told. Not thread-safe. */
final class FaultyStore implements Store {

  private interface Operation<T> {
    T run() throws StoreException;
  }

  private final Store store;
  private final Random random;

  /** Of every hundred questions: lost on their way, or their answers on the way back. */
  int lostPercent;

  FaultyStore(Store store, Random random) {
    this.store = store;
    this.random = random;
  }

  private <T> T over(Operation<T> operation) throws StoreException {
    if (random.nextInt(100) < lostPercent) {
      throw new StoreException("the question is lost");
    }
    T answer = operation.run();
    if (random.nextInt(100) < lostPercent) {
      throw new StoreException("the answer is lost");
    }
    return answer;
  }

  @Override
  public Receipt reserve(Request request) throws StoreException {
    return over(() -> store.reserve(request));
  }

  @Override
  public Receipt settle(Hold hold, List<Long> actual, String row) throws StoreException {
    return over(() -> store.settle(hold, actual, row));
  }

  @Override
  public Receipt cancel(Hold hold) throws StoreException {
    return over(() -> store.cancel(hold));
  }

  @Override
  public Receipt read(String account, List<Charge> charges) throws StoreException {
    return over(() -> store.read(account, charges));
  }

  @Override
  public void reset(String account) throws StoreException {
    over(
        () -> {
          store.reset(account);
          return account;
        });
  }

  @Override
  public List<String> rows(String account) throws StoreException {
    return over(() -> store.rows(account));
  }

  @Override
  public List<OpenHold> openHolds(String account) throws StoreException {
    return over(() -> store.openHolds(account));
  }

  @Override
  public boolean expire(String account, String id) throws StoreException {
    return over(() -> store.expire(account, id));
  }

  @Override
  public Document document(String name) throws StoreException {
    return over(() -> store.document(name));
  }

  @Override
  public boolean replace(String name, long version, String text) throws StoreException {
    return over(() -> store.replace(name, version, text));
  }

  @Override
  public void close() {}
}
