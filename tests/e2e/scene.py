"""Where everything lies in the photo that is shown, and how large it is."""

from __future__ import annotations

SCENE = """() => {
  const picture = document.querySelector("#photo .picture").getBoundingClientRect();
  const layer = document.querySelector("#photo .hits").getBoundingClientRect();
  const boxOf = (node) => {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    return [left, top, right, bottom];
  };
  const buttons = [...document.querySelectorAll("#photo .hits button")];
  const share = (button, name) => parseFloat(button.style.getPropertyValue(name)) / 100;
  const faces = buttons.map((button) => {
    const left = layer.left + share(button, "--left") * layer.width;
    const top = layer.top + share(button, "--top") * layer.height;
    const right = left + share(button, "--width") * layer.width;
    return [left, top, right, top + share(button, "--height") * layer.height];
  });
  const tags = [...document.querySelectorAll("#photo .hits .tag")];
  return {
    picture: [picture.left, picture.top, picture.right, picture.bottom],
    faces,
    targets: buttons.map(boxOf),
    labels: tags.filter((tag) => tag.offsetWidth).map((tag) => ({
      face: Number(tag.dataset.face),
      kind: tag.dataset.kind,
      text: tag.innerText,
      box: boxOf(tag),
    })),
  };
}"""


def touch(one, other) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0.5 and down > 0.5


ZOOM = """() => {
  const [layer, picture] = ["#photo .hits", "#photo .picture"].map((selector) =>
    document.querySelector(selector).getBoundingClientRect().width);
  return layer / picture;
}"""


def zoom_of(page) -> float:
    return page.evaluate(ZOOM)


def wait_for_zoom(page, is_so: str) -> None:
    """Until the photo is so large, and lies still: on a busy machine it glides for longer."""
    page.wait_for_function(
        f"""() => {{
          const picture = document.querySelector("#photo .picture");
          const moves = picture.getAnimations({{ subtree: true }});
          return !picture.matches(".gliding") && !moves.length && ({ZOOM})() {is_so};
        }}"""
    )
