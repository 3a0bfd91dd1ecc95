package framebuffer.orchestrator.processors.registry;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.TaskLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Refreshes registries until the test ends. */
public final class RegistryRefresh implements AfterEachCallback {
    private final List<TaskLoop> loops = new ArrayList<>();

    public Registry start(Registry registry, RedisAddress address) {
        loops.add(new TaskLoop("registry", address).add("registry", registry.refreshing()).start());
        return registry;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        loops.forEach(TaskLoop::close);
    }
}
