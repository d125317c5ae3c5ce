"""What any text on a label is.

>>> item_key("https://id.example.cn/obj/001PE050000001A7C0000042")
'001PE050000001A7C0000042'
"""

from suyuan.identifiers.item_keys import item_key, item_kind, lot_material, party_key, place_key

__all__ = ["item_key", "item_kind", "lot_material", "party_key", "place_key"]
