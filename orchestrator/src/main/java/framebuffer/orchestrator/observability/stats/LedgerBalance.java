package framebuffer.orchestrator.observability.stats;

/** Whether the ledger balanced when it was last read; the worst last. */
public enum LedgerBalance {
    /** As many frames are in flight as were captured and have not ended. */
    BALANCED,
    /** The ledger has not been read yet, at least in one partition. */
    UNKNOWN,
    /** A frame was counted twice, or not at all. */
    OUT_OF_BALANCE;

    LedgerBalance worse(LedgerBalance other) {
        return compareTo(other) > 0 ? this : other;
    }
}
