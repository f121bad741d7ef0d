package dev.tollgate;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;

/** How a store is told what it has not acknowledged. */
interface Telling {

  /** What is told. Each can be told again, and counts once. */
  interface Message {
    /**
     * @return false when the store cannot take it now
     * @throws StoreException when the store did not answer
     */
    boolean tell(Store store) throws StoreException;
  }

  /**
   * Tells something about an account, unless its part of the store is known not to answer.
   *
   * @return whether the store has taken it: if not, it is to be told again
   */
  boolean tell(String account, Message message);
}
