package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.recovery.QueueRecovery;
import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Registered, healthy processors that lose no frames. */
record FixedProcessors(Supplier<List<Registration>> registered) implements Pipeline.ProcessorView {
    @Override
    public List<Registration> available() {
        return registered.get();
    }

    @Override
    public boolean known() {
        return true;
    }

    @Override
    public Collection<Registration> all() {
        return registered.get();
    }

    @Override
    public Collection<QueueRecovery.Incarnation> lives() {
        return List.of();
    }

    @Override
    public void emptied(QueueRecovery.Incarnation departed) {
        throw new AssertionError("nothing has departed");
    }
}
