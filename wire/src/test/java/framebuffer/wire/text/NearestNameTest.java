package framebuffer.wire.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {

    @Test
    void theNearestKnownWordIsFoundAndANonsenseWordHasNone() {
        assertThat(NearestName.to("--prot", List.of("--host", "--port"))).contains("--port");
        assertThat(NearestName.to("--xyzzy", List.of("--host", "--port"))).isEmpty();
    }
}
