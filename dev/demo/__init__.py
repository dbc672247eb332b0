"""The demo: a small tea shop on this machine, with a year behind it and the widget on its pages.

::

    catalog, people, chance ─► history   what a year in the shop was like (pure)
                                  │
    order_book ◄──────────────────┤      the shop's own orders, as Shopify would tell them
        │                         ▼
        └─► shopify_bodies ─► front_door ─► signed webhooks, storefront and admin calls
                                  ▲
    pages (site/) ─► till, counter┘      what visitors and the merchant do by hand

The demo is a customer of the API and nothing more: it signs webhooks and tokens as a shop does,
and asks the admin API as a merchant does. It never touches the table. `make demo` starts it.
"""
