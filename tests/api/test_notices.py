"""What one was told, by programs."""

from tests.api.desk import Desk
from tests.api.walker import walk


def test_a_handler_reads_what_he_was_told_in_his_language(desk: Desk) -> None:
    desk.deploy_folder("complaint")
    order = {"channel": "PHONE_1860", "title": "电梯里没有信号", "contact_phone": "13805310001", "class": "01010102"}
    number = desk["agent"].post("/work-orders", order).json["number"]
    walk(desk, number, {"IN_PROGRESS"})
    desk["agent"].post(f"/work-orders/{number}/urge", {"reason": "等了三天"})
    desk.advance()
    handler = desk[desk["admin"].get(f"/work-orders/{number}").json["current_user"]]
    told = handler.get("/notices").json["items"]
    [urged] = [each for each in told if each["kind"] == "urged"]
    assert (urged["number"], urged["read_at"]) == (number, None)
    handler.headers["Accept-Language"] = "zh"
    assert "客户" in handler.get("/notices").json["items"][0]["sentence"]
    handler.headers["Accept-Language"] = "en"
    assert urged["id"] not in [each["id"] for each in desk["head"].get("/notices").json["items"]]

    desk["head"].post("/notices/read", {"id": urged["id"]})  # nobody reads for somebody else
    assert handler.get("/notices").json["items"] == told
    read = handler.post("/notices/read", {"id": urged["id"]}).json["items"]
    assert [each["id"] for each in read if each["read_at"]] == [urged["id"]]
    assert all(each["read_at"] for each in handler.post("/notices/read").json["items"])
