package framebuffer.wire.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

    @Test
    void theNearestKnownWordIsFoundAndANonsenseWordHasNone() {
        assertThat(Nearest.to("--prot", List.of("--host", "--port"))).contains("--port");
        assertThat(Nearest.to("--xyzzy", List.of("--host", "--port"))).isEmpty();
    }
}
