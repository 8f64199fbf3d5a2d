"""As the tutorial of Channels has it: each consumer joins the group, and sends what the group gets."""

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer

HTML = "<p>In our own words</p>"


class Watching(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        self.group = f"meeting_{self.scope['url_route']['kwargs']['code']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        if content.get("t") == "hello":
            await self.send_json(panel(0, 400))
        elif content.get("t") == "press":
            shown = panel(content["rev"], content["bytes"])
            await self.channel_layer.group_send(self.group, {"type": "show.panel", "panel": shown})

    async def show_panel(self, event: dict[str, Any]) -> None:
        await self.send_json(event["panel"])


def panel(rev: int, size: int) -> dict[str, Any]:
    html = (HTML * (size // len(HTML) + 1))[:size]
    return {"t": "panel", "name": "bar", "rev": rev, "hash": "9f2c0d4e8a7b6c5d", "html": html}
