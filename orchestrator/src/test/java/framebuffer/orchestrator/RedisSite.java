package framebuffer.orchestrator;

import framebuffer.redis.RedisAddress;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One Redis for a test class, and a new {@link Site} on it for each test. */
public final class RedisSite implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final EmptyRedis redis = new EmptyRedis();
    private @Nullable Site site;

    public Site site() {
        return Objects.requireNonNull(site);
    }

    public RedisAddress address() {
        return redis.address();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        redis.beforeAll(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        site = new Site(address());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        site().close();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        redis.afterAll(context);
    }
}
